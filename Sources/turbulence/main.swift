import TurbulenceKit

Turbulence.start()
