using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Fairlead.Client.Mlflow;

/// <summary>An MLflow server as the source of an import.</summary>
/// <param name="site">The server.</param>
public sealed class MlflowServerSource(MlflowSite site) : IMlflowSource
{
    private const string Prompts = "tags.`mlflow.prompt.is_prompt` = 'true'";
    private const int PageSize = 1000, LoggedModelPage = 100, HistoryPage = 25_000;

    /// <inheritdoc />
    public IAsyncEnumerable<JsonObject> ExperimentsAsync(CancellationToken cancellation) =>
        MlflowSite.PagesAsync("experiments", token => site.PostAsync("experiments/search",
            Paged(token, PageSize, ("view_type", "ALL")), cancellation));

    /// <inheritdoc />
    public IAsyncEnumerable<JsonObject> RunsAsync(string experiment, CancellationToken cancellation) =>
        MlflowSite.PagesAsync("runs", token =>
        {
            var body = Paged(token, PageSize, ("run_view_type", "ALL"));
            body["experiment_ids"] = new JsonArray(experiment);
            body["order_by"] = new JsonArray("attributes.start_time ASC");
            return site.PostAsync("runs/search", body, cancellation);
        });

    /// <inheritdoc />
    public IAsyncEnumerable<JsonObject> HistoryAsync(string run, string metric, CancellationToken cancellation) =>
        MlflowSite.PagesAsync("metrics", token => site.GetAsync("metrics/get-history", cancellation,
            ("run_id", run), ("metric_key", metric), ("max_results", Text(HistoryPage)), ("page_token", token)));

    /// <inheritdoc />
    public async IAsyncEnumerable<JsonObject> LoggedModelsAsync(
        string experiment, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string? token = null;
        do
        {
            JsonObject page;
            try
            {
                var body = new JsonObject
                {
                    ["experiment_ids"] = new JsonArray(experiment),
                    ["max_results"] = LoggedModelPage,
                };
                if (token is not null)
                    body["page_token"] = token;
                page = await site.PostAsync("logged-models/search", body, cancellation);
            }
            catch (MlflowException old) when (old.Status == HttpStatusCode.NotFound && old.Code is "" or
                "ENDPOINT_NOT_FOUND")
            {
                // Servers before 3 know no logged models.
                yield break;
            }

            foreach (var model in page["models"]?.AsArray().OfType<JsonObject>() ?? [])
                yield return model;
            token = (string?)page["next_page_token"];
        }
        while (!string.IsNullOrEmpty(token));
    }

    /// <inheritdoc />
    public IAsyncEnumerable<JsonObject> ModelsAsync(CancellationToken cancellation) => WithPromptsAsync(
        "name", null, filter => MlflowSite.PagesAsync("registered_models", token => site.GetAsync(
            "registered-models/search", cancellation, ("filter", filter), ("max_results", Text(PageSize)),
            ("page_token", token))));

    /// <inheritdoc />
    public IAsyncEnumerable<JsonObject> VersionsAsync(string model, CancellationToken cancellation)
    {
        var quoted = model.Contains('\'', StringComparison.Ordinal) ? $"\"{model}\"" : $"'{model}'";
        return WithPromptsAsync("version", $"name = {quoted}", filter => MlflowSite.PagesAsync("model_versions",
            token => site.GetAsync("model-versions/search", cancellation, ("filter", filter),
                ("max_results", Text(PageSize)), ("page_token", token))));
    }

    /// <inheritdoc />
    public async Task<string> AddressOfAsync(JsonObject version, CancellationToken cancellation)
    {
        var answer = await site.GetAsync("model-versions/get-download-uri", cancellation,
            ("name", (string)version["name"]!), ("version", (string)version["version"]!));
        return (string?)answer["artifact_uri"] ?? (string?)version["source"] ?? "";
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<MlflowFile>> FilesAsync(JsonObject run, CancellationToken cancellation) =>
        await site.FilesAsync(IdOf(run), cancellation);

    /// <inheritdoc />
    public async Task<Stream> OpenAsync(JsonObject run, string path, CancellationToken cancellation) =>
        await (await site.OpenAsync(IdOf(run), path, cancellation)).Content.ReadAsStreamAsync(cancellation);

    /// <inheritdoc />
    public bool Holds(string address) => MlflowSite.IsProxied(address);

    /// <inheritdoc />
    public async Task<IReadOnlyList<MlflowFile>> FilesBelowAsync(string address, CancellationToken cancellation) =>
        await site.FilesBelowAsync(address, cancellation);

    /// <inheritdoc />
    public async Task<Stream> OpenBelowAsync(string address, string path, CancellationToken cancellation) =>
        await (await site.OpenBelowAsync(address, path, cancellation)).Content.ReadAsStreamAsync(cancellation);

    /// <summary>What a search finds, and the prompts, which are found only by who asks for them; each once.</summary>
    private static async IAsyncEnumerable<JsonObject> WithPromptsAsync(
        string key, string? filter, Func<string?, IAsyncEnumerable<JsonObject>> search)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var each in new[] { filter, filter is null ? Prompts : $"{filter} AND {Prompts}" })
        {
            await foreach (var found in search(each))
            {
                if (seen.Add($"{found[key]}"))
                    yield return found;
            }
        }
    }

    private static string IdOf(JsonObject run) => (string)(run["info"]!["run_id"] ?? run["info"]!["run_uuid"])!;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static JsonObject Paged(string? token, int size, (string Name, string Value) also)
    {
        var body = new JsonObject { ["max_results"] = size, [also.Name] = also.Value };
        if (token is not null)
            body["page_token"] = token;
        return body;
    }
}
