"""What lies in deploy/ against the programs that will read it, and against each other. scripts/check-deploy is the way in."""
