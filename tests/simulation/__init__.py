"""A club lived from a seed, with everything going wrong, and judged by a model of its own.

`history` lives one: `members` do things, `transport` carries them badly, `faults` breaks the store
of the `house`, and the `judge` compares all that comes of it with the `model`. `lives` and `suite`
do that again and again, `month` shows one to people.
"""
