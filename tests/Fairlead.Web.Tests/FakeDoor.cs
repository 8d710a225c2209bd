using System.Net;
using System.Net.Http.Json;
using Fairlead.Client.Api;
using Fairlead.Web.Hosting;

namespace Fairlead.Web.Tests;

/// <summary>
/// A host whose public API answers what a test says: the wire is faked, the typed client is the real one.
/// </summary>
internal sealed class FakeDoor : IConsoleDoor
{
    private readonly Dictionary<string, Func<HttpRequestMessage, object?>> _answers = [];

    /// <summary>Everything that was asked for, such as <c>GET /api/v1/traffic</c>.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>The bodies that came along, in the same order.</summary>
    public List<string> Bodies { get; } = [];

    public bool AsksForKeys { get; set; }

    public string Role { get; set; } = "admin";

    /// <summary>The key was revoked.</summary>
    public bool IsRevoked { get; set; }

    public FakeDoor Answer(string request, object? answer) => Answer(request, _ => answer);

    public FakeDoor Answer(string request, Func<HttpRequestMessage, object?> answer)
    {
        _answers[request] = answer;
        return this;
    }

    public HttpMessageHandler HandlerFor(ConsoleSession? session) => new Handler(this);

    public string Write(ConsoleSession session) => $"{session.KeyId}";

    public ConsoleSession? Read(string text) =>
        long.TryParse(text, out var key) ? new ConsoleSession(key, DateTimeOffset.MaxValue) : null;

    public bool IsValid(ConsoleSession session) => !IsRevoked;

    private object? Of(HttpRequestMessage request, string asked) =>
        _answers.TryGetValue(asked, out var answer) ? answer(request) : asked switch
        {
            "GET /api/v1/caller" => new CallerInfo { Name = "tester", Role = Role },
            "GET /api/v1/traffic" => new TrafficInfo(),
            "GET /api/v1/endpoints" => new Page<EndpointInfo>([]),
            "GET /api/v1/rollouts" => new Page<RolloutInfo>([]),
            "GET /api/v1/alerts" => new Page<AlertInfo>([]),
            "GET /api/v1/monitors" => new Page<MonitorInfo>([]),
            "GET /api/v1/promotions" => new Page<PromotionInfo>([]),
            "GET /api/v1/promotion-policies/credit" =>
                new Problem { Status = 404, Code = "promotion_policy_not_found", Detail = "The model has no policy." },
            _ => new Problem { Status = 404, Code = "not_found", Detail = $"Nothing answers {asked} in this test." },
        };

    private sealed class Handler(FakeDoor door) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var asked = $"{request.Method} {request.RequestUri!.AbsolutePath}";
            var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
            lock (door)
            {
                door.Asked.Add(asked);
                door.Bodies.Add(body);
            }

            var answer = door.IsRevoked
                ? new Problem { Status = 401, Code = "key_invalid", Detail = "The key is unknown, revoked or expired." }
                : door.Of(request, asked);
            var problem = answer as Problem;
            var response = new HttpResponseMessage((HttpStatusCode)(problem?.Status ?? 200))
            {
                Content = JsonContent.Create(answer, answer!.GetType(), options: ApiJson.Lenient),
            };
            if (problem is not null)
                response.Content.Headers.ContentType = new("application/problem+json");
            return response;
        }
    }
}
