"""Letters by mail: invitations and reminders, written once and sent until they are taken."""
