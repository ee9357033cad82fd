"""The plain conversation: every flow as sentences, one a line, and questions that wait for one.

For people who hear or feel what the program says, and for very slow lines. It draws nothing.
"""
