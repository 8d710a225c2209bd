using Fairlead.Client.Api;

namespace Fairlead.Client;

public sealed partial class FairleadClient
{
    /// <summary>Keys by number, revoked and expired ones included.</summary>
    public Task<Page<KeyInfo>> ListKeysAsync(PageRequest page = default, CancellationToken cancellation = default) =>
        GetAsync<Page<KeyInfo>>(
            Address("api/v1/keys", ("limit", page.Limit), ("pageToken", page.PageToken)), cancellation);

    /// <summary>Makes a key. The answer is the only place where it is ever shown.</summary>
    public Task<CreatedKey> CreateKeyAsync(CreateKeyRequest request, CancellationToken cancellation = default) =>
        SendAsync<CreateKeyRequest, CreatedKey>(HttpMethod.Post, "api/v1/keys", request, cancellation);

    /// <summary>Revokes a key: at once on the answering replica, within 5 s everywhere.</summary>
    public Task RevokeKeyAsync(long id, string? reason = null, CancellationToken cancellation = default) =>
        DeleteAsync(Address($"api/v1/keys/{id}", ("reason", reason)), cancellation);

    /// <summary>The audit log, newest first.</summary>
    public Task<Page<AuditEntry>> ListAuditAsync(
        AuditFilter? filter = null, PageRequest page = default, CancellationToken cancellation = default) =>
        GetAsync<Page<AuditEntry>>(
            Address("api/v1/audit",
                ("who", filter?.Who), ("what", filter?.What), ("subject", filter?.Subject),
                ("since", filter?.Since), ("until", filter?.Until),
                ("limit", page.Limit), ("pageToken", page.PageToken)),
            cancellation);
}
