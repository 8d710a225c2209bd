using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Fairlead.EndToEnd.Program;

/// <summary>A caller that asks one replica without a pause, and notes every answer that is none.</summary>
public sealed class Load : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Task _work;
    private readonly List<string> _failures = [];
    private long _answers;

    /// <param name="replica">Whom it asks.</param>
    /// <param name="endpoint">What it asks.</param>
    public Load(Uri replica, string endpoint) => _work = AskAsync(replica, endpoint);

    /// <summary>Answers so far.</summary>
    public long Answers => Volatile.Read(ref _answers);

    public IReadOnlyList<string> Failures
    {
        get
        {
            lock (_failures)
                return [.. _failures];
        }
    }

    /// <summary>Waits until so many more requests were answered; a minute at most.</summary>
    public async Task MoreAsync(int answers)
    {
        var wanted = Answers + answers;
        for (var left = 1200; left > 0 && Answers < wanted; left--)
            await Task.Delay(50);
        Answers.ShouldBeGreaterThanOrEqualTo(wanted, string.Join('\n', Failures));
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _work;
        _end.Dispose();
    }

    private async Task AskAsync(Uri replica, string endpoint)
    {
        using var http = new HttpClient { BaseAddress = replica };
        for (var user = 0; !_end.IsCancellationRequested; user++)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/endpoints/{endpoint}/predict")
                {
                    Content = JsonContent.Create(new JsonObject { ["rows"] = new JsonArray(Credit.Row()) }),
                };
                request.Headers.Add("X-User", $"user-{user % 100}");
                using var answer = await http.SendAsync(request, _end.Token);
                answer.EnsureSuccessStatusCode();
                Interlocked.Increment(ref _answers);
                await Task.Delay(2, _end.Token);
            }
            catch (HttpRequestException failure)
            {
                lock (_failures)
                    _failures.Add(failure.Message);
                await Task.Delay(20);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
