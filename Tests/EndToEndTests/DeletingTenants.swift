/// What a tenant has to say that deletes a second after its decision, told or not.
let deleting = [
    "TENANTS_DEFAULT_POLICY": "delete", "TENANTS_DEFAULT_NOTICE_PERIOD": "1s",
    "TENANTS_DEFAULT_TERMS_URL": "https://example.com/terms", "TENANTS_DEFAULT_SUPPORT_CONTACT": "help",
    "TENANTS_DEFAULT_REQUIRES_NOTICE": "false",
]
