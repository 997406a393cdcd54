"""The scoring computed a second time, in plain Python and exact fractions, from the specification.

It shares no code with the pipeline: no SQL, no scheme reader; a scheme is the plain content of its file. What both get
wrong, both would have to get wrong in the same way. :func:`tests.reference.evaluation.scored` is the way in.
"""
