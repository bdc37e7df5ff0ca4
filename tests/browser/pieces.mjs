// Pieces changed, receipts, reports and the password.
import "./harness.mjs";
