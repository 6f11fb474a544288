"""Every change of awards, keys, lists, the log and wallets."""
