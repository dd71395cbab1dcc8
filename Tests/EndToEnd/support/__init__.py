"""What the end-to-end tests and the benchmarks share: servers, people, pictures, tones, peers."""
