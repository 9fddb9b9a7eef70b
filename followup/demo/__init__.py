"""What the demo tells of what came of the plans; the texts are in the files beside."""
