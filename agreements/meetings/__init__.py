"""The meetings of the groups: called, held, minuted and approved."""
