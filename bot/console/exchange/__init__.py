"""The exchange of guides: all of them out as a table or a content pack, and changes in as drafts."""
