"""One-stop systems that do not exist: simulated provinces that send national payloads with the habits of real offices.

offices (who works there) → lives (what happens to a dossier) → payloads (how its system says so) → stream (in which order it arrives) → truth (what was staged)
With incidents: fates (what goes wrong) and letters (what is said of it) change lives, incidents notes what was sent, incident_truth says what lists must show.
"""
