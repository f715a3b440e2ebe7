//! Assembly: from batches of records to traces in preorder.
