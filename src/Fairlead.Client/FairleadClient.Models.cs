using System.Security.Cryptography;
using Fairlead.Client.Api;

namespace Fairlead.Client;

public sealed partial class FairleadClient
{
    /// <summary>The header that names a registration, so that it can be sent again.</summary>
    public const string IdempotencyKeyHeader = "Idempotency-Key";

    /// <summary>Most times that a registration is sent.</summary>
    public const int RegistrationAttempts = 3;

    private static readonly TimeSpan RegistrationPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Models by name.</summary>
    public Task<Page<ModelInfo>> ListModelsAsync(
        PageRequest page = default, CancellationToken cancellation = default) =>
        GetAsync<Page<ModelInfo>>(
            Address("api/v1/models", ("limit", page.Limit), ("pageToken", page.PageToken)), cancellation);

    public Task<ModelInfo> GetModelAsync(string model, CancellationToken cancellation = default) =>
        GetAsync<ModelInfo>(Model(model), cancellation);

    public Task<ModelInfo> CreateModelAsync(CreateModelRequest request, CancellationToken cancellation = default) =>
        SendAsync<CreateModelRequest, ModelInfo>(HttpMethod.Post, "api/v1/models", request, cancellation);

    public Task<ModelInfo> DescribeModelAsync(
        string model, DescribeRequest request, CancellationToken cancellation = default) =>
        SendAsync<DescribeRequest, ModelInfo>(HttpMethod.Patch, Model(model), request, cancellation);

    /// <summary>Deletes a model with all its versions; refused while an endpoint uses one of them.</summary>
    public Task DeleteModelAsync(string model, string? reason = null, CancellationToken cancellation = default) =>
        DeleteAsync(Address(Model(model), ("reason", reason)), cancellation);

    /// <summary>Versions of a model, newest first.</summary>
    public Task<Page<VersionInfo>> ListVersionsAsync(
        string model, PageRequest page = default, CancellationToken cancellation = default) =>
        GetAsync<Page<VersionInfo>>(
            Address($"{Model(model)}/versions", ("limit", page.Limit), ("pageToken", page.PageToken)), cancellation);

    public Task<VersionInfo> GetVersionAsync(string model, int number, CancellationToken cancellation = default) =>
        GetAsync<VersionInfo>(Version(model, number), cancellation);

    /// <summary>
    /// Registers a version; its files were uploaded before. When the connection breaks before the answer is there, the
    /// request is sent again under the same key, up to <see cref="RegistrationAttempts"/> times in all, so that no
    /// second version is made.
    /// </summary>
    /// <param name="model">The model; made with its first version.</param>
    /// <param name="request">The version.</param>
    /// <param name="idempotencyKey">
    /// The same key with the same request always answers the same version; left out: a new one for each call.
    /// </param>
    /// <param name="cancellation">Stops the waiting; the version may be registered all the same.</param>
    public async Task<VersionInfo> RegisterVersionAsync(
        string model, RegisterVersionRequest request, string? idempotencyKey = null,
        CancellationToken cancellation = default)
    {
        var key = idempotencyKey ?? RandomNumberGenerator.GetHexString(32, lowercase: true);
        for (var attempt = 1; ; attempt++)
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, $"{Model(model)}/versions");
            message.Content = Json(request);
            message.Headers.TryAddWithoutValidation(IdempotencyKeyHeader, key);
            try
            {
                return await SendAsync<VersionInfo>(message, cancellation);
            }
            catch (Exception lost) when (
                attempt < RegistrationAttempts && lost is (HttpRequestException or IOException))
            {
                await Task.Delay(RegistrationPause * attempt, cancellation);
            }
        }
    }

    public Task<VersionInfo> DescribeVersionAsync(
        string model, int number, DescribeRequest request, CancellationToken cancellation = default) =>
        SendAsync<DescribeRequest, VersionInfo>(HttpMethod.Patch, Version(model, number), request, cancellation);

    /// <summary>Deletes a version; refused while an endpoint uses it or an alias points to it.</summary>
    public Task DeleteVersionAsync(
        string model, int number, string? reason = null, CancellationToken cancellation = default) =>
        DeleteAsync(Address(Version(model, number), ("reason", reason)), cancellation);

    /// <summary>Lifts the quarantine of a version on the answering replica.</summary>
    public async Task<ReleaseInfo> ReleaseVersionAsync(
        string model, int number, string? reason = null, CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post, Address($"{Version(model, number)}/release", ("reason", reason)));
        return await SendAsync<ReleaseInfo>(request, cancellation);
    }

    /// <summary>
    /// Moves an alias; a problem <c>alias_moved</c> says where it points instead of where it was expected.
    /// </summary>
    public Task<AliasInfo> SetAliasAsync(
        string model, string alias, SetAliasRequest request, CancellationToken cancellation = default) =>
        SendAsync<SetAliasRequest, AliasInfo>(
            HttpMethod.Put, $"{Model(model)}/aliases/{Segment(alias)}", request, cancellation);

    /// <summary>Removes an alias.</summary>
    /// <param name="expected">The version that it points to; left out: whatever it points to.</param>
    public Task DeleteAliasAsync(
        string model, string alias, int? expected = null, string? reason = null,
        CancellationToken cancellation = default) =>
        DeleteAsync(
            Address($"{Model(model)}/aliases/{Segment(alias)}", ("expected", expected), ("reason", reason)),
            cancellation);

    private static string Model(string model) => $"api/v1/models/{Segment(model)}";

    private static string Version(string model, int number) => $"api/v1/models/{Segment(model)}/versions/{number}";
}
