"""What people call the events of the house, and what they happen to: the words of the event log's page."""

from typing import Any

from logistics.core.language import lazy

EVENTS: dict[str, Any] = {
    "BalanceSpent": lazy("Balance spent"),
    "BinSet": lazy("Bin set"),
    "CarrierSaved": lazy("Carrier saved"),
    "CommandRun": lazy("Command run on the server"),
    "CustomerChanged": lazy("Customer changed"),
    "CustomerRegistered": lazy("Customer registered"),
    "MoneyDeposited": lazy("Money deposited"),
    "MoneyGivenBack": lazy("Money given back"),
    "OrderPlaced": lazy("Order placed"),
    "OrderStatusChanged": lazy("Order status changed"),
    "ParcelMoved": lazy("Parcel moved on"),
    "PriceChanged": lazy("Price changed"),
    "ProductChanged": lazy("Product changed"),
    "ProductCreated": lazy("Product created"),
    "PasswordChanged": lazy("Password changed"),
    "PasswordRenewed": lazy("One-time password made"),
    "PaymentRefunded": lazy("Payment refunded"),
    "PaymentTaken": lazy("Payment taken"),
    "ReorderPointSet": lazy("Reorder point set"),
    "SessionsEnded": lazy("Signed out everywhere"),
    "ShipmentAssigned": lazy("Shipment assigned"),
    "ShipmentDispatched": lazy("Shipment dispatched"),
    "ShipmentMoved": lazy("Shipment moved on"),
    "SignInRefused": lazy("Sign-in refused"),
    "SignedIn": lazy("Signed in"),
    "SignedOut": lazy("Signed out"),
    "StaffAdded": lazy("Person added"),
    "StaffChanged": lazy("Role or access changed"),
    "StockAdjusted": lazy("Stock adjusted"),
    "StockRanLow": lazy("Stock ran low"),
    "StockReceived": lazy("Stock received"),
    "StockReleased": lazy("Stock released"),
    "StockReserved": lazy("Stock reserved"),
    "TrackingRecorded": lazy("Tracking event recorded"),
    "WarehouseSaved": lazy("Warehouse saved"),
}

SUBJECTS: dict[str, Any] = {
    "carrier": lazy("Carrier"),
    "command": lazy("Command"),
    "customer": lazy("Customer"),
    "message": lazy("Message"),
    "order": lazy("Order"),
    "payment": lazy("Payment"),
    "product": lazy("Product"),
    "reservation": lazy("Reservation"),
    "shipment": lazy("Shipment"),
    "staff": lazy("Person"),
    "stock_level": lazy("Stock"),
    "warehouse": lazy("Warehouse"),
}
