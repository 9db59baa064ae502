"""Rich menus, their pictures, aliases and the default one."""

from dataclasses import dataclass, field

from bot.simulator.people import Json


@dataclass(frozen=True)
class Picture:
    """An uploaded file."""

    content: bytes
    content_type: str


@dataclass
class RichMenu:
    """One menu; its picture can be set once."""

    id: str
    object: Json
    picture: Picture | None = None


@dataclass
class Menus:
    """All menus of the account."""

    menus: dict[str, RichMenu] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    default_id: str | None = None

    def delete(self, menu_id: str) -> None:
        """Remove a menu; it is no longer the default. An alias keeps pointing at it, as at LINE."""
        del self.menus[menu_id]
        if self.default_id == menu_id:
            self.default_id = None

    def shown(self, linked_id: str | None) -> RichMenu | None:
        """Return the menu a user sees: the one linked to them, else the default."""
        return self.menus.get(linked_id or "") or self.menus.get(self.default_id or "")
