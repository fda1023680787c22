"""The outside world behind the ports. Built by ``mendrec.bootstrap`` only."""
