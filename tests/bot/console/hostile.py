"""Three hundred texts that try to become script, and a watch on a browser page for whatever runs."""

import itertools

from playwright.sync_api import ConsoleMessage, Dialog, Page

from tests.bot.web.payloads import HOSTILE

AROUND = ("{}", '">{}', "'>{}", "</textarea>{}", "</iframe></option></script>{}<!--")
PAYLOADS = [around.format(payload) for around, payload in itertools.product(AROUND, HOSTILE)][:300]
SAMPLE = PAYLOADS[4::75]


def watched(page: Page) -> list[str]:
    """What runs, or is kept from running only by the policy or the sandbox, in a page from now on."""
    troubles: list[str] = []

    def dialog(opened: Dialog) -> None:
        troubles.append(f"dialog {opened.message}")
        opened.dismiss()

    def said(message: ConsoleMessage) -> None:
        if "Content Security" in message.text or "Blocked script" in message.text:
            troubles.append(message.text)

    page.on("dialog", dialog)
    page.on("console", said)
    return troubles


def unfold(page: Page) -> None:
    """Open whatever a page keeps folded."""
    page.evaluate("() => { for (const each of document.querySelectorAll('details')) each.open = true; }")
