"""Pictures the collective looks at, as data (domain C7): what is in each place, never how much.

Pure functions over records that are shared, and the day the caller says: the same records give the
same picture on every device, in whatever order they come. Every place names the records that stand
in it, so that whoever looks can open them. No picture groups by person, and whatever shows harm
carries what sustained people beside it, also where that is not spoken yet (domain A4, C10).
"""
