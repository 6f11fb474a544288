"""What Gilde and other wallets say to each other (OpenID4VCI 1.0, OpenID4VP 1.0), without a database."""
