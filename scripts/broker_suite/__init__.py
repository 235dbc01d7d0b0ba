"""The broker suite: workers as processes on a real Kafka, disturbed without pause, and then an oracle that shares no code
with them. `scripts/test-broker` runs it; the README says what it checks."""
