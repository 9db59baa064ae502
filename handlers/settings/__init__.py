"""A resident's settings in the chat: what is told, why it is asked, and how to be rid of it with one tap.

Written for one person: she reads easy Japanese, has a small child, and works in the daytime. At each moment she wants:

finding it    to say 「お知らせの設定」, or 「通知を止めて」, or to press it in the menu; no manual, no password
the first look  what is kept about her now, in her words; nothing asked yet
each question   why it is asked and what she gets for it, before she answers; to leave it out without a lecture
answering     to tap, never to type: what she writes is never taken for a value
after a tap   to read what is different now, and to take it back with one more tap
a notice she no longer wants   to be rid of that topic with one tap, or of all of them with one
something delicate   not to say it in a chat that others may look at: the certificate is told on the page alone
on reading    the words she chose, from the next answer on; nothing at night but what is urgent
on leaving    that blocking us deletes what she told, and that coming back does not start notices again
on doubt      to see all that is kept about her, take it with her, and delete it
"""
