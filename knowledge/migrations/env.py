"""Alembic's entry: the URL comes from `knowledge.database.migrate`."""

from alembic import context

from knowledge.database import open_engine
from knowledge.models import Base


def run() -> None:
    """Run the migrations on one connection, in one transaction."""
    engine = open_engine(context.config.attributes["url"])
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
