using Fairlead.Client.Api;

namespace Fairlead.Client;

public sealed partial class FairleadClient
{
    /// <summary>Tells where something came from and where it went.</summary>
    public Task<LineageInfo> GetLineageAsync(LineageQuestion question, CancellationToken cancellation = default) =>
        GetAsync<LineageInfo>(
            Address("api/v1/lineage",
                ("prediction", question.Prediction), ("version", question.Version), ("dataset", question.Dataset),
                ("run", question.Run), ("commit", question.Commit), ("file", question.File)),
            cancellation);

    /// <summary>Writes the lineage of a version in a form that others read.</summary>
    /// <param name="format"><c>openlineage</c>, <c>slsa</c>, <c>cyclonedx</c>, <c>card-md</c> or <c>card-html</c>.
    /// </param>
    public async Task<string> ExportLineageAsync(
        string model, int number, string format, CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get, $"{Version(model, number)}/lineage/{Segment(format)}");
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        await ThrowIfProblemAsync(response, cancellation);
        return await response.Content.ReadAsStringAsync(cancellation);
    }

    /// <summary>The moves of a model's aliases, newest first; they are kept after the model is deleted.</summary>
    /// <param name="alias">Only this alias.</param>
    /// <param name="at">Only where each alias pointed at this instant, and who had moved it there.</param>
    public Task<Page<AliasMove>> ListAliasHistoryAsync(
        string model, string? alias = null, DateTimeOffset? at = null, PageRequest page = default,
        CancellationToken cancellation = default) =>
        GetAsync<Page<AliasMove>>(
            Address($"{Model(model)}/alias-history",
                ("alias", alias), ("at", at), ("limit", page.Limit), ("pageToken", page.PageToken)),
            cancellation);

    /// <summary>The signatures of a version.</summary>
    public Task<IReadOnlyList<SignatureInfo>> ListSignaturesAsync(
        string model, int number, CancellationToken cancellation = default) =>
        GetAsync<IReadOnlyList<SignatureInfo>>($"{Version(model, number)}/signatures", cancellation);

    /// <summary>Stores a signature; one of the same key takes the place of the one before.</summary>
    public Task<SignatureInfo> PutSignatureAsync(
        string model, int number, PutSignatureRequest request, CancellationToken cancellation = default) =>
        SendAsync<PutSignatureRequest, SignatureInfo>(
            HttpMethod.Put, $"{Version(model, number)}/signatures", request, cancellation);
}
