import FakeVendors

await FakeVendorsCommand.start()
