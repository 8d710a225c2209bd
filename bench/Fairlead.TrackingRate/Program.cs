using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Fairlead.TrackingRate;

// RUNS PROGRAM [POSTGRES]: what MLflow's requests cost a whole server over HTTP, beside the targets. A thousand runs
// are logged by requests; where RUNS are more, all of them, with 100 points each, are put into the tables at once, as
// requests would have left them. PROGRAM is the published server, a process of its own, so that its memory is told
// without the client's; when all is set up it is started anew, and what is resident is of what is measured. With
// POSTGRES, a connection string of an empty database, the same on PostgreSQL. Times end when the last byte of an answer
// is here, which is thrown away, so that they are the server's and not the reader's.
if (args is not [var runsText, var program, .. var more] || more.Length > 1)
{
    Console.Error.WriteLine("fairlead-tracking-rate RUNS PROGRAM [POSTGRES]");
    return 2;
}

const int Points = 100;
var runs = int.Parse(runsText, CultureInfo.InvariantCulture);
var postgres = more.FirstOrDefault();
var folder = Path.Combine(Path.GetTempPath(), $"fairlead-tracking-rate-{Environment.ProcessId}");
await using var server = await MeasuredServer.StartAsync(program, folder, postgres);
using var http = new HttpClient { BaseAddress = server.Address };
var trash = new byte[64 << 10];
var scale = postgres is null ? 1 : 2;
Console.WriteLine($"| {(postgres is null ? "SQLite" : "PostgreSQL")}, {runs:#,0} runs | measured | target |");
Console.WriteLine("|---|---|---|");

var experiment = await CreateExperimentAsync("first thousand");
var first = await FillAsync(experiment, Math.Min(1000, runs));
await RegisterAsync();
var all = runs > first.Count ? await CreateExperimentAsync("all") : null;
var (_, mostBefore, _) = server.Memory();
await server.RestartAsync();
if (all is not null)
{
    var clock = Stopwatch.StartNew();
    await ManyRuns.PutAsync(server.DatabaseFile, postgres, all, runs, Points);
    Console.Error.WriteLine($"put {runs} runs into the tables in {clock.Elapsed.TotalSeconds:0} s");
    Tell($"search of {runs:#,0} runs with {runs * (long)Points:#,0} points, filtered and ordered, 100 shown, p50",
        await LatencyAsync(50, _ => SearchAsync(all), 0.5), 50, "ms");
}

Tell("`runs/log-metric`, one caller, p95", await LatencyAsync(2000, i => PostAsync("runs/log-metric",
    $$"""{"run_id":"{{first[0]}}","key":"one","value":{{i}},"timestamp":{{i}},"step":{{i}}}"""), 0.95), 2, "ms");
Tell("`runs/log-batch`, 1,000 metrics each, 4 callers", await BatchRateAsync(first), 50_000, "points/s");
Tell("search of 1,000 runs, filtered and ordered, 100 shown, p50",
    await LatencyAsync(100, _ => SearchAsync(experiment), 0.5), 10, "ms");
await HistoryAsync();
await RegistryAsync();
var (now, most, files) = server.Memory();
Console.WriteLine($"| resident memory at the end, and the most it was | {now} MB, {most} MB"
    + $"{(most > 150 ? ", missed" : "")} | 150 MB |");
Console.WriteLine($"| of it at the end pages of the program's own files | {files} MB | |");
Console.WriteLine("| the most it was in the process that created the experiments, runs and versions "
    + $"| {mostBefore} MB{(mostBefore > 150 ? ", missed" : "")} | 150 MB |");
return 0;

void Tell(string what, double measured, double target, string unit)
{
    var goal = unit == "ms" ? target * scale : target / scale;
    var missed = unit == "ms" ? measured > goal : measured < goal;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"| {what} | {measured:#,0.##} {unit}{(missed ? ", missed" : "")} | {goal:#,0.##} {unit} |"));
    Console.Error.WriteLine($"resident: {server.Memory()}");
}

async Task HistoryAsync()
{
    var run = await CreateRunAsync(experiment, "history");
    for (var batch = 0; batch < 20; batch++)
        await PostAsync("runs/log-batch", Batch(run, batch * 1000, 999, "long", -1));
    Tell("history of 19,980 points, p50", await LatencyAsync(100, _ => ThrowAwayAsync(
        $"/api/2.0/mlflow/metrics/get-history?run_id={run}&metric_key=long&max_results=25000"), 0.5), 30, "ms");
}

async Task RegisterAsync()
{
    await PostAsync("registered-models/create", """{"name":"one"}""");
    await PostAsync("registered-models/create", """{"name":"many"}""");
    await PostAsync("model-versions/create", """{"name":"one","source":"s3://bucket/1"}""");
    for (var version = 0; version < 1000; version++)
        await PostAsync("model-versions/create", $$"""{"name":"many","source":"s3://bucket/{{version}}"}""");
}

async Task RegistryAsync()
{
    var one = await LatencyAsync(200, _ => GetAsync("registered-models/get?name=one"), 0.5);
    var many = await LatencyAsync(200, _ => GetAsync("registered-models/get?name=many"), 0.5);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"| `registered-models/get` with 1 and with 1,000 versions, p50 | {one:0.##} ms, {many:0.##} ms | the same |"));
}

async Task<double> BatchRateAsync(List<string> into)
{
    const int callers = 4;
    const int batches = 25;
    var clock = Stopwatch.StartNew();
    await Task.WhenAll(Enumerable.Range(0, callers).Select(async caller =>
    {
        for (var i = 0; i < batches; i++)
            await PostAsync("runs/log-batch", Batch(into[caller], i * 1000, 999, "rate", -1));
    }));
    return callers * batches * 1000 / clock.Elapsed.TotalSeconds;
}

async Task<List<string>> FillAsync(string into, int count)
{
    var made = new List<string>();
    await Parallel.ForEachAsync(Enumerable.Range(0, count),
        new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
        {
            var run = await CreateRunAsync(into, $"run {i}");
            await PostAsync("runs/log-batch", Batch(run, 0, Points - 1, "loss", i));
            lock (made)
                made.Add(run);
        });
    return made;
}

static string Batch(string run, int from, int count, string key, int seed = 0)
{
    var body = new StringBuilder($"{{\"run_id\":\"{run}\",\"metrics\":[");
    for (var i = from; i < from + count; i++)
    {
        body.Append(CultureInfo.InvariantCulture,
            $"{(i > from ? "," : "")}{{\"key\":\"{key}\",\"value\":{(i * 7919 % 10007) + 0.5},");
        body.Append(CultureInfo.InvariantCulture, $"\"timestamp\":{i},\"step\":{i}}}");
    }

    body.Append(CultureInfo.InvariantCulture,
        $",{{\"key\":\"acc\",\"value\":{(seed * 7919L % 100_003) / 100_003.0:R},\"timestamp\":1,\"step\":1}}]");
    if (seed >= 0)
        body.Append(CultureInfo.InvariantCulture, $",\"params\":[{{\"key\":\"model\",\"value\":\"m{seed % 5}\"}}]");
    return body.Append('}').ToString();
}

async Task<string> CreateExperimentAsync(string name) =>
    (await PostAsync("experiments/create", $$"""{"name":"{{name}}"}""")).GetProperty("experiment_id").GetString()!;

async Task<string> CreateRunAsync(string into, string name) =>
    (await PostAsync("runs/create",
        $$"""{"experiment_id":"{{into}}","run_name":"{{name}}","start_time":1700000000000}"""))
    .GetProperty("run").GetProperty("info").GetProperty("run_id").GetString()!;

Task SearchAsync(string into) => PostAsync("runs/search", $$"""
    {"experiment_ids":["{{into}}"],"filter":"metrics.acc > 0.2 AND params.model = 'm1'",
     "order_by":["metrics.acc DESC"],"max_results":100}
    """);

async Task ThrowAwayAsync(string path)
{
    using var answer = await http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
    answer.EnsureSuccessStatusCode();
    await using var body = await answer.Content.ReadAsStreamAsync();
    while (await body.ReadAsync(trash) > 0)
    {
    }
}

async Task<JsonElement> PostAsync(string path, string body)
{
    using var content = new StringContent(body, Encoding.UTF8, "application/json");
    using var answer = await http.PostAsync($"/api/2.0/mlflow/{path}", content);
    return await ReadAsync(answer);
}

async Task<JsonElement> GetAsync(string path)
{
    using var answer = await http.GetAsync($"/api/2.0/mlflow/{path}");
    return await ReadAsync(answer);
}

static async Task<JsonElement> ReadAsync(HttpResponseMessage answer)
{
    var bytes = await answer.Content.ReadAsByteArrayAsync();
    if (!answer.IsSuccessStatusCode)
        throw new InvalidOperationException(Encoding.UTF8.GetString(bytes));
    using var document = JsonDocument.Parse(bytes);
    return document.RootElement.Clone();
}

static async Task<double> LatencyAsync(int count, Func<int, Task> call, double quantile)
{
    for (var i = 0; i < 10; i++)
        await call(count + i);
    var took = new List<double>();
    for (var i = 0; i < count; i++)
    {
        var began = Stopwatch.GetTimestamp();
        await call(i);
        took.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
    }

    took.Sort();
    return took[(int)(count * quantile)];
}
