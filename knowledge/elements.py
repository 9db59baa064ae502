"""The elements of a JSON list as rows: one statement takes as many as there are, on either database."""

from typing import Any

from sqlalchemy import SQLColumnExpression, TableValuedAlias, column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import JSON


class _Elements(FunctionElement[object]):
    """Each database has its own name for that."""

    name = "elements"
    inherit_cache = True


@compiles(_Elements)
def _in_sqlite(function: _Elements, compiler: SQLCompiler, **named: object) -> str:
    return f"json_each({compiler.process(function.clauses, **named)})"


@compiles(_Elements, "postgresql")
def _in_postgresql(function: _Elements, compiler: SQLCompiler, **named: object) -> str:
    return f"jsonb_array_elements(CAST({compiler.process(function.clauses, **named)} AS JSONB))"


def elements(json: SQLColumnExpression[Any]) -> TableValuedAlias:
    """A table of one column, `value`: the elements of the JSON list that `json` is."""
    return _Elements(json).table_valued(column("value", JSON))
