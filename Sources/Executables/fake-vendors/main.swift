import FakeVendorServer

await FakeVendorsCommand.start()
