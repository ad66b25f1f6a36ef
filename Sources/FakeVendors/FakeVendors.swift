/// The fakes on real loopback sockets, so that real SDKs can be pointed at them.
