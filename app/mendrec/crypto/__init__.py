"""The only importer of age, Shamir and signature libraries; one module for each library."""
