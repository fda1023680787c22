"""The three contracts through web3: reading, sending, deploying, and the embedded development chain."""
