-- Until when a notice is somebody's to send: workers that share the table send none twice.
ALTER TABLE contacts ADD COLUMN notice_leased_until timestamptz;
