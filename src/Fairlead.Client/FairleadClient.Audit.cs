using Fairlead.Client.Api;

namespace Fairlead.Client;

public sealed partial class FairleadClient
{
    private const string AuditLog = "api/v1/audit";

    /// <summary>The newest link of the audit log's chain.</summary>
    public Task<AuditHeadInfo> GetAuditHeadAsync(CancellationToken cancellation = default) =>
        GetAsync<AuditHeadInfo>($"{AuditLog}/head", cancellation);

    /// <summary>Walks the audit log's chain.</summary>
    /// <param name="sequence">The link of a head that was noted elsewhere; left out: none is compared.</param>
    /// <param name="hash">Its hash.</param>
    public Task<AuditVerificationInfo> VerifyAuditAsync(
        long? sequence = null, string? hash = null, CancellationToken cancellation = default) =>
        GetAsync<AuditVerificationInfo>(
            Address($"{AuditLog}/verify", ("sequence", sequence), ("hash", hash)), cancellation);

    /// <summary>Writes the sealed entries of the audit log, one line of JSON each, oldest first.</summary>
    /// <param name="after">Only links behind this one.</param>
    public async Task ExportAuditAsync(Stream to, long after = 0, CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Address($"{AuditLog}/export", ("after", after)));
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        await ThrowIfProblemAsync(response, cancellation);
        await response.Content.CopyToAsync(to, cancellation);
    }

    /// <summary>How long the audit log is kept, and what is held.</summary>
    public Task<AuditRetentionInfo> GetAuditRetentionAsync(CancellationToken cancellation = default) =>
        GetAsync<AuditRetentionInfo>($"{AuditLog}/retention", cancellation);

    /// <summary>Sets how long the audit log is kept.</summary>
    public Task<AuditRetentionInfo> PutAuditRetentionAsync(
        PutAuditRetentionRequest request, CancellationToken cancellation = default) =>
        SendAsync<PutAuditRetentionRequest, AuditRetentionInfo>(
            HttpMethod.Put, $"{AuditLog}/retention", request, cancellation);

    /// <summary>Places a legal hold, or changes it.</summary>
    public Task<AuditRetentionInfo> PutAuditHoldAsync(
        string name, PutAuditHoldRequest request, CancellationToken cancellation = default) =>
        SendAsync<PutAuditHoldRequest, AuditRetentionInfo>(
            HttpMethod.Put, $"{AuditLog}/holds/{Segment(name)}", request, cancellation);

    /// <summary>Lifts a legal hold.</summary>
    public Task DeleteAuditHoldAsync(string name, string? reason = null, CancellationToken cancellation = default) =>
        DeleteAsync(Address($"{AuditLog}/holds/{Segment(name)}", ("reason", reason)), cancellation);
}
