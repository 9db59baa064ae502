"""The guide pages, for a clerk who has two minutes, is no developer, and is a little afraid to break something.

What she wants, moment by moment, and what the pages do about it:

- *"Where is it?"* The list opens with her own department; the search is the one residents use, so what she finds by a
  resident's words is what the resident would have found.
- *"What do people see now?"* A guide's page begins with the card itself, then says until when it holds and what changes
  by itself.
- *"I only want to change one line."* The form keeps everything else; each field says in one line what belongs there,
  with an example; the preview stands beside it and follows the typing.
- *"Did I do it right?"* A mistake is told at its field, in a sentence that says what to do; nothing that was typed is
  ever taken away: not by a mistake, a colleague who was first, or a session that ended.
- *"Will it break something?"* Nothing is public before a second person has looked; the golden questions are asked
  before it is; each older version is one press away.
- *"Is it done?"* After publishing the page says when residents began to get the new answer, to the second.
- *"But would it be found?"* Any question can be tried against the index as it is and as it would be.
"""
