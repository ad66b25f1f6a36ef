/// Calls about customers and their payment methods.
enum StripeCustomerCommand: Sendable {
  /// What create and update may set; nil keeps what there is, an empty text removes it.
  struct Details: Sendable {
    var description: String?
    var email: String?
    var name: String?
    var metadata: [StripeForm.Field]
    var clearsMetadata: Bool

    init(_ form: StripeForm) throws(StripeError) {
      description = form.raw("description")
      _ = try form.email("email")
      email = form.raw("email")
      name = form.raw("name")
      metadata = try form.metadata()
      clearsMetadata = form.raw("metadata")?.isEmpty ?? false
    }
  }

  case create(Details, paymentMethod: String?)
  case retrieve(String)
  case update(String, Details)
  case delete(String)
  case list(StripeCommand.Page, email: String?)
  case attach(method: String, customer: String)
  case detach(method: String)
  case updateMethod(String, name: String?, email: String?, [StripeForm.Field], clears: Bool)
  case listMethods(StripeCommand.Page, customer: String?, type: String?, ofPath: Bool)
  case retrieveMethod(String, customer: String)

  init(_ route: StripeRoute, _ form: StripeForm) throws(StripeError) {
    let id = route.id
    switch route.operation {
    case .createCustomer:
      self = .create(try Details(form), paymentMethod: form.string("payment_method"))
    case .updateCustomer: self = .update(id, try Details(form))
    case .deleteCustomer: self = .delete(id)
    case .listCustomers:
      self = .list(try StripeCommand.Page(form), email: form.string("email"))
    case .attachPaymentMethod:
      guard let customer = form.string("customer") else { throw .missing("customer") }
      self = .attach(method: id, customer: customer)
    case .detachPaymentMethod: self = .detach(method: id)
    case .updatePaymentMethod:
      self = .updateMethod(
        id, name: form.raw("billing_details[name]"),
        email: try form.email("billing_details[email]"),
        try form.metadata(), clears: form.raw("metadata")?.isEmpty ?? false)
    case .listPaymentMethods:
      self = .listMethods(
        try StripeCommand.Page(form), customer: form.string("customer"),
        type: form.string("type"), ofPath: false)
    case .listCustomerPaymentMethods:
      self = .listMethods(
        try StripeCommand.Page(form), customer: id, type: form.string("type"), ofPath: true)
    case .retrieveCustomerPaymentMethod: self = .retrieveMethod(route.inner, customer: id)
    default: self = .retrieve(id)
    }
  }
}

extension StripeAccount {
  mutating func execute(
    _ command: StripeCustomerCommand, cause: Cause, now: Int64
  ) throws(StripeError) -> StripeBody {
    switch command {
    case .create(let details, let method):
      if let method { try checkAttachable(method) }
      let root = ids.root("cus", identity: cause.identity)
      var customer = CustomerObject(
        id: ids.short("cus_", root: root, count: 14), created: now / 1_000_000)
      try customer.apply(details)
      let made = addCustomer(customer)
      emit("customer.created", .customer(made), cause: cause, at: now)
      if let method {
        let attached = try attach(method, to: customer.id, root: root, now: now)
        emit("payment_method.attached", .paymentMethod(attached), cause: cause, at: now)
      }
      return .customer(made)
    case .retrieve(let id):
      // A deleted customer is still told of.
      if let deleted = customers[id], deleted.value.isDeleted { return .customer(deleted) }
      return .customer(try customer(id, param: "id", status: 404))
    case .update(let id, let details):
      let before = try customer(id, param: "id", status: 404).value
      var customer = before
      try customer.apply(details)
      let changed = replaceCustomer(customer)
      if customer != before {
        emit("customer.updated", .customer(changed), cause: cause, at: now)
      }
      return .customer(changed)
    case .delete(let id):
      let customer = try customer(id, param: "id", status: 404)
      for method in paymentMethods.objects.map(\.value) where method.customer == id {
        detach(method, cause: cause, now: now)
      }
      emit("customer.deleted", .customer(customer), cause: cause, at: now)
      var deleted = customer.value
      deleted.isDeleted = true
      return .customer(replaceCustomer(deleted))
    case .list(let page, let email):
      return try list(
        page, customers, url: "/v1/customers", kind: "customer",
        where: { !$0.isDeleted && (email == nil || $0.email == email) }, created: { $0.created },
        body: { .customer($0) })
    case .attach(let method, let customer):
      _ = try self.customer(customer, param: "customer", status: 400)
      let root = ids.root("attach", identity: cause.identity)
      let attached = try attach(method, to: customer, root: root, now: now)
      emit("payment_method.attached", .paymentMethod(attached), cause: cause, at: now)
      return .paymentMethod(attached)
    case .detach(let id):
      let method = try method(id).value
      guard method.customer != nil else { throw .notAttached }
      return .paymentMethod(detach(method, cause: cause, now: now))
    case .updateMethod(let id, let name, let email, let metadata, let clears):
      var method = try method(id).value
      try method.metadata.mergeWithinLimits(metadata, clears: clears)
      if let name { method.name = name.isEmpty ? nil : name }
      if let email { method.email = email }
      let changed = add(method)
      emit("payment_method.updated", .paymentMethod(changed), cause: cause, at: now)
      return .paymentMethod(changed)
    case .listMethods(let page, let customer, let type, let ofPath):
      if let customer {
        _ = try self.customer(customer, param: "customer", status: ofPath ? 404 : 400)
      }
      let url = ofPath ? "/v1/customers/\(customer ?? "")/payment_methods" : "/v1/payment_methods"
      return try list(
        page, paymentMethods, url: url, kind: "PaymentMethod",
        where: {
          $0.customer != nil && (customer == nil || $0.customer == customer)
            && (type == nil || type == "card")
        }, created: { $0.created }, body: { .paymentMethod($0) })
    case .retrieveMethod(let id, let customer):
      let method = try method(id)
      guard method.value.customer == customer else {
        throw .noSuch("PaymentMethod", id, param: "payment_method")
      }
      return .paymentMethod(method)
    }
  }

  /// Takes a payment method from its customer for good.
  @discardableResult
  private mutating func detach(
    _ method: PaymentMethodObject, cause: Cause, now: Int64
  ) -> StripeSnapshot<PaymentMethodObject> {
    var method = method
    method.customer = nil
    method.isSpent = true
    let detached = add(method)
    emit("payment_method.detached", .paymentMethod(detached), cause: cause, at: now)
    return detached
  }

  /// Gives a payment method to a customer; a test token becomes a payment method of its own.
  private mutating func attach(
    _ id: String, to customer: String, root: UInt64, now: Int64
  ) throws(StripeError) -> StripeSnapshot<PaymentMethodObject> {
    try checkAttachable(id)
    var method: PaymentMethodObject
    if let card = StripeCard.token(id) {
      let own = StripeHash.of(id.utf8, from: root)
      method = PaymentMethodObject(
        id: ids.id("pm_", alone: own), card: card, created: now / 1_000_000)
    } else {
      method = try self.method(id).value
    }
    method.customer = customer
    return add(method)
  }

  /// A card that declines is refused when it is attached, but for the one that is made to pass.
  /// Source: Stripe documentation, Testing, Declined payments.
  private func checkAttachable(_ id: String) throws(StripeError) {
    let card: StripeCard
    if let known = StripeCard.token(id) {
      card = known
    } else {
      let method = try method(id).value
      if method.isSpent { throw .spentMethod }
      if method.customer != nil { throw .alreadyAttached }
      card = method.card
    }
    if case .declines(let code, let declineCode) = card.behaviour,
      card.number != "4000000000000341"
    {
      throw .declined(code: code, declineCode: declineCode)
    }
  }

  private func method(_ id: String) throws(StripeError) -> StripeSnapshot<PaymentMethodObject> {
    guard let method = paymentMethods[id] else {
      throw .noSuch("PaymentMethod", id, param: "payment_method")
    }
    return method
  }

  private func customer(_ id: String, param: String, status: Int) throws(StripeError)
    -> StripeSnapshot<CustomerObject>
  {
    guard let customer = liveCustomer(id) else {
      throw .noSuch("customer", id, param: param, status: status)
    }
    return customer
  }
}

extension CustomerObject {
  fileprivate mutating func apply(_ details: StripeCustomerCommand.Details) throws(StripeError) {
    try metadata.mergeWithinLimits(details.metadata, clears: details.clearsMetadata)
    if let value = details.description { description = value.isEmpty ? nil : value }
    if let value = details.email { email = value.isEmpty ? nil : value }
    if let value = details.name { name = value.isEmpty ? nil : value }
  }
}

extension StripeError {
  static let notAttached = StripeError(
    message: "The payment method you provided is not attached to a customer so detachment is "
      + "impossible.", isStored: true)

  static let alreadyAttached = StripeError(
    message: "The payment method you provided has already been attached to a customer.",
    isStored: true)

  static let spentMethod = StripeError(
    message: "The provided PaymentMethod was previously used with a PaymentIntent without Customer "
      + "attachment, shared with a connected account without Customer attachment, or was detached "
      + "from a Customer. It may not be used again. To use a PaymentMethod multiple times, you "
      + "must attach it to a Customer first.", isStored: true)

  static func foreignMethod(_ method: String, owner: String) -> StripeError {
    StripeError(
      param: "payment_method",
      message: "The PaymentMethod \(method) belongs to the Customer \(owner). Please include the "
        + "Customer in the `customer` parameter on the PaymentIntent.")
  }
}
