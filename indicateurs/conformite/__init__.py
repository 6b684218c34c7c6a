"""What an administration follows beside deadlines: the way to 50 % of adhérents, the mission socle, the IT tool, the reports, the money."""
