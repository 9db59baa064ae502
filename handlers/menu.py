"""The entries everybody sees first: the pictures of the rich menu and the head of the text menu are this one table."""

from handlers.actions import ShowGuide, ShowLifeEvent, ShowMenu
from handlers.reply import Choice

ENTRIES: tuple[Choice, ...] = (
    Choice("証明書をとる", ShowGuide("juminhyo")),
    Choice("ごみ・リサイクル", ShowGuide("gomi-bunbetsu")),
    Choice("引っ越し", ShowLifeEvent("moving-in")),
    Choice("子育て", ShowLifeEvent("birth")),
    Choice("防災", ShowLifeEvent("disaster")),
    Choice("メニュー", ShowMenu()),
)
