import TurbulenceCLI

Turbulence.start()
