"""An agreement (samverkansöverenskommelse, seed 001): its draft, its steps, its text and its clocks."""
