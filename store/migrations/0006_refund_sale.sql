-- Reports read an order with its refunds. A sale writes nothing here.
CREATE INDEX refund_sale ON refund (sale);
