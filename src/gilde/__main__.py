from gilde.config.cli import main

raise SystemExit(main())
