using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Fairlead.Client.Api;
using Fairlead.Client.Mlflow;

namespace Fairlead.Client;

/// <summary>
/// The API of a server, typed. Every method throws <see cref="FairleadApiException"/> when the server answers with a
/// problem and <see cref="HttpRequestException"/> when it cannot be reached. Safe for any number of callers at once.
/// </summary>
/// <param name="http">Its base address is the server's; it carries the key, if one is needed.</param>
public sealed partial class FairleadClient(HttpClient http)
{
    private const int MaxProblemBytes = 1 << 20;

    /// <summary>
    /// A client for a server's address. The transfer of large artifacts is not limited in time; pass a token for that.
    /// </summary>
    /// <param name="address">Such as <c>http://localhost:8080</c>.</param>
    /// <param name="key">An API key, where the server asks for one.</param>
    /// <param name="authorities">
    /// The authorities whose certificates are trusted, in place of the system's; null: the system's.
    /// </param>
    public static FairleadClient Connect(
        Uri address, string? key = null, X509Certificate2Collection? authorities = null)
    {
        var handler = new SocketsHttpHandler();
        if (authorities is not null)
            handler.SslOptions.CertificateChainPolicy = Trusting(authorities);
        var http = new HttpClient(handler)
        {
            BaseAddress = new Uri(address.AbsoluteUri.TrimEnd('/') + "/"),
            Timeout = System.Threading.Timeout.InfiniteTimeSpan,
        };
        if (key is not null)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return new FairleadClient(http);
    }

    /// <summary>The same server by MLflow's protocol.</summary>
    public MlflowSite Mlflow => new(http);

    /// <summary>How the installation is.</summary>
    public Task<ServerStatus> GetStatusAsync(CancellationToken cancellation = default) =>
        GetAsync<ServerStatus>("api/v1/status", cancellation);

    /// <summary>Whom the server takes this client for, and what that one may do.</summary>
    public Task<CallerInfo> GetCallerAsync(CancellationToken cancellation = default) =>
        GetAsync<CallerInfo>("api/v1/caller", cancellation);

    /// <summary>How much every endpoint is asked, minute by minute over the last hour, and how it answers.</summary>
    public Task<TrafficInfo> GetTrafficAsync(CancellationToken cancellation = default) =>
        GetAsync<TrafficInfo>("api/v1/traffic", cancellation);

    private static X509ChainPolicy Trusting(X509Certificate2Collection authorities)
    {
        // Authorities of one's own rarely publish lists of what they took back.
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    private async Task<T> GetAsync<T>(string address, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        return await SendAsync<T>(request, cancellation);
    }

    private async Task<T> SendAsync<TBody, T>(
        HttpMethod method, string address, TBody body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, address);
        request.Content = Json(body);
        return await SendAsync<T>(request, cancellation);
    }

    private static JsonContent Json<TBody>(TBody body) =>
        JsonContent.Create(body, (JsonTypeInfo<TBody>)ApiJson.Lenient.GetTypeInfo(typeof(TBody)));

    private async Task DeleteAsync(string address, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, address);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        await ThrowIfProblemAsync(response, cancellation);
    }

    private async Task<T> SendAsync<T>(HttpRequestMessage request, CancellationToken cancellation)
    {
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        await ThrowIfProblemAsync(response, cancellation);
        var type = (JsonTypeInfo<T>)ApiJson.Lenient.GetTypeInfo(typeof(T));
        return await response.Content.ReadFromJsonAsync(type, cancellation)
            ?? throw new JsonException($"The server answered 'null' to {request.Method} {request.RequestUri}.");
    }

    private static async Task ThrowIfProblemAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (response.IsSuccessStatusCode)
            return;

        Problem? problem = null;
        if (response.Content.Headers.ContentType?.MediaType == "application/problem+json"
            && !(response.Content.Headers.ContentLength > MaxProblemBytes))
        {
            try
            {
                problem = await response.Content.ReadFromJsonAsync(
                    (JsonTypeInfo<Problem>)ApiJson.Lenient.GetTypeInfo(typeof(Problem)), cancellation);
            }
            catch (JsonException)
            {
                // A proxy in between may answer anything; the status says enough then.
            }
        }

        throw new FairleadApiException((problem ?? new Problem { Title = response.ReasonPhrase })
            with
        { Status = (int)response.StatusCode });
    }

    private static string Segment(string name) => Uri.EscapeDataString(name);

    /// <summary>Puts an address together, leaving out what is null.</summary>
    private static string Address(string path, params ReadOnlySpan<(string Name, object? Value)> query)
    {
        var separator = '?';
        foreach (var (name, value) in query)
        {
            var text = value switch
            {
                null => null,
                bool flag => flag ? "true" : null,
                DateTimeOffset instant => instant.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture),
                TimeSpan duration => DurationText.Format(duration),
                _ => Convert.ToString(value, CultureInfo.InvariantCulture),
            };
            if (text is null)
                continue;
            path += $"{separator}{name}={Uri.EscapeDataString(text)}";
            separator = '&';
        }

        return path;
    }
}
