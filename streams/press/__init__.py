"""The monthly publication: gathered at one moment, written aside and put in place, and recomputed from the topics to be verified."""
