"""The making of the Länsteknik example: see `make.py` beside this folder."""
