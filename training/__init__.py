"""Making a model: config file, labelled sentences, fine-tuning, export."""
