using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fairlead.Client.Mlflow;

/// <summary>A file of a run.</summary>
/// <param name="Path">Its path within the run.</param>
/// <param name="Size">Its length in bytes; null where the server does not say.</param>
public sealed record MlflowFile(string Path, long? Size);

/// <summary>An answer of an MLflow server that is an error.</summary>
/// <param name="status">The status.</param>
/// <param name="code">Its error code, such as <c>RESOURCE_DOES_NOT_EXIST</c>; empty where it gave none.</param>
/// <param name="message">What it says.</param>
public sealed class MlflowException(HttpStatusCode status, string code, string message) : Exception(message)
{
    /// <summary>The status.</summary>
    public HttpStatusCode Status { get; } = status;

    /// <summary>The error code.</summary>
    public string Code { get; } = code;
}

/// <summary>A server that speaks MLflow's REST API, as an import needs it.</summary>
/// <param name="http">Its base address is the server's; it carries the credentials, if any are needed.</param>
public sealed class MlflowSite(HttpClient http)
{
    private const string Api = "api/2.0/mlflow/";
    private const string Proxy = "api/2.0/mlflow-artifacts/artifacts";
    private const string Scheme = "mlflow-artifacts:";

    /// <summary>Deepest folder of a run that is looked into.</summary>
    private const int MaxDepth = 64;

    /// <summary>Asks for something.</summary>
    public Task<JsonObject> GetAsync(
        string path, CancellationToken cancellation, params (string Name, string? Value)[] query) =>
        SendAsync(HttpMethod.Get, Api + path + Query(query), null, null, cancellation);

    /// <summary>Sends something; where it may come twice, under a key that makes the second the same as the first.
    /// </summary>
    public Task<JsonObject> PostAsync(
        string path, JsonObject body, CancellationToken cancellation, string? idempotencyKey = null) =>
        SendAsync(HttpMethod.Post, Api + path, body, idempotencyKey, cancellation);

    /// <summary>Changes something.</summary>
    public Task<JsonObject> PatchAsync(string path, JsonObject body, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Patch, Api + path, body, null, cancellation);

    /// <summary>Every page of a list, as it comes.</summary>
    /// <param name="items">The member of the answers that holds the list.</param>
    /// <param name="page">Asks for a page by its token.</param>
    public static async IAsyncEnumerable<JsonObject> PagesAsync(
        string items, Func<string?, Task<JsonObject>> page)
    {
        string? token = null;
        do
        {
            var answer = await page(token);
            foreach (var item in answer[items]?.AsArray() ?? [])
            {
                if (item is JsonObject found)
                    yield return found;
            }

            token = (string?)answer["next_page_token"];
        }
        while (!string.IsNullOrEmpty(token));
    }

    /// <summary>All files of a run.</summary>
    public async Task<List<MlflowFile>> FilesAsync(string run, CancellationToken cancellation)
    {
        var files = new List<MlflowFile>();
        await AddAsync("", 0);
        return files;

        async Task AddAsync(string folder, int depth)
        {
            if (depth > MaxDepth)
                throw new MlflowException(HttpStatusCode.OK, "", $"the folders of run {run} are nested too deep");
            var pages = PagesAsync("files", token => GetAsync("artifacts/list", cancellation,
                ("run_id", run), ("path", folder.Length == 0 ? null : folder), ("page_token", token)));
            await foreach (var file in pages)
            {
                var path = (string?)file["path"] ?? "";
                if ((bool?)file["is_dir"] == true)
                    await AddAsync(path, depth + 1);
                else
                    files.Add(new MlflowFile(path, (long?)file["file_size"]));
            }
        }
    }

    /// <summary>All files below an address of the artifact proxy, by their paths below it.</summary>
    public async Task<List<MlflowFile>> FilesBelowAsync(string address, CancellationToken cancellation)
    {
        var files = new List<MlflowFile>();
        await AddAsync("", 0);
        return files;

        async Task AddAsync(string folder, int depth)
        {
            if (depth > MaxDepth)
                throw new MlflowException(HttpStatusCode.OK, "", $"the folders of {address} are nested too deep");
            var path = folder.Length == 0 ? PathOf(address) : $"{PathOf(address)}/{folder}";
            var answer = await SendAsync(HttpMethod.Get, Proxy + Query([("path", path)]), null, null, cancellation);
            foreach (var file in answer["files"]?.AsArray() ?? [])
            {
                // The proxy answers the last part of a path only.
                var name = ((string?)file!["path"] ?? "").Split('/')[^1];
                var inside = folder.Length == 0 ? name : $"{folder}/{name}";
                if ((bool?)file["is_dir"] == true)
                    await AddAsync(inside, depth + 1);
                else
                    files.Add(new MlflowFile(inside, (long?)file["file_size"]));
            }
        }
    }

    /// <summary>Whether files lie behind an address that this server's proxy answers for.</summary>
    public static bool IsProxied(string? address) => address?.StartsWith(Scheme, StringComparison.Ordinal) == true;

    /// <summary>Reads a file of a run.</summary>
    public Task<HttpResponseMessage> OpenAsync(string run, string path, CancellationToken cancellation) =>
        ReadAsync("get-artifact" + Query([("run_id", run), ("run_uuid", run), ("path", path)]), cancellation);

    /// <summary>Reads a file below an address of the artifact proxy.</summary>
    public Task<HttpResponseMessage> OpenBelowAsync(string address, string path, CancellationToken cancellation) =>
        ReadAsync($"{Proxy}/{Escaped($"{PathOf(address)}/{path}")}", cancellation);

    /// <summary>Stores a file below an address of the artifact proxy.</summary>
    public async Task PutBelowAsync(string address, string path, Stream content, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Put, $"{Proxy}/{Escaped($"{PathOf(address)}/{path}")}");
        request.Content = new StreamContent(content);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var answer = await http.SendAsync(request, cancellation);
        await ThrowIfErrorAsync(answer, cancellation);
    }

    private async Task<HttpResponseMessage> ReadAsync(string address, CancellationToken cancellation)
    {
        var answer = await http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellation);
        try
        {
            await ThrowIfErrorAsync(answer, cancellation);
            return answer;
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    private async Task<JsonObject> SendAsync(
        HttpMethod method, string address, JsonObject? body, string? key, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, address);
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        if (key is not null)
            request.Headers.TryAddWithoutValidation(FairleadClient.IdempotencyKeyHeader, key);
        using var answer = await http.SendAsync(request, cancellation);
        await ThrowIfErrorAsync(answer, cancellation);
        var text = await answer.Content.ReadAsStringAsync(cancellation);
        return JsonNode.Parse(text) as JsonObject
            ?? throw new JsonException($"{request.RequestUri} answered no JSON object.");
    }

    private static async Task ThrowIfErrorAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        if (answer.IsSuccessStatusCode)
            return;
        var text = await answer.Content.ReadAsStringAsync(cancellation);
        try
        {
            var error = JsonNode.Parse(text);
            throw new MlflowException(
                answer.StatusCode, (string?)error?["error_code"] ?? "", (string?)error?["message"] ?? text);
        }
        catch (Exception none) when (none is JsonException or InvalidOperationException)
        {
            throw new MlflowException(answer.StatusCode, "", string.Create(CultureInfo.InvariantCulture,
                $"{answer.RequestMessage?.RequestUri} answered {(int)answer.StatusCode}"));
        }
    }

    /// <summary>The path of an address of the proxy, whoever the address names as its host.</summary>
    private static string PathOf(string address)
    {
        var rest = address[Scheme.Length..];
        if (rest.StartsWith("//", StringComparison.Ordinal))
            rest = rest[2..].IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash ? rest[(2 + slash)..] : "";
        return rest.Trim('/');
    }

    private static string Escaped(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));

    private static string Query(IEnumerable<(string Name, string? Value)> values) => string.Concat(
        values.Where(each => each.Value is not null).Select((each, i) =>
            $"{(i == 0 ? '?' : '&')}{each.Name}={Uri.EscapeDataString(each.Value!)}"));
}
