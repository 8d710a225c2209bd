using System.Net.Http.Json;
using System.Text.Json;
using Fairlead.Core.Checks;

namespace Fairlead.Server.Rollouts.Figures;

/// <summary>
/// Numbers from elsewhere: a query to a Prometheus server, or a web service's answer. Each has five seconds and a small
/// answer; whatever goes wrong is an error of the measurement, never a verdict.
/// </summary>
internal sealed class ExternalFigures(ControlPlaneOptions options) : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false })
    {
        Timeout = Deadline,
        MaxResponseContentBufferSize = 1 << 20,
    };

    /// <summary>The number for one candidate.</summary>
    public async Task<CheckFacts> ReadAsync(
        RolloutSubject subject, Check check, Core.Rollouts.Candidate candidate, CancellationToken cancellation)
    {
        try
        {
            var value = check.Metric.Kind == MetricKind.Prometheus
                ? await QueryAsync(check.Metric.Name, cancellation)
                : await CallAsync(subject, check, candidate, cancellation);
            var observed = CheckFacts.None with { Observed = subject.State.Observed };
            return value is { } number && double.IsFinite(number)
                ? observed with
                {
                    Phases = [new PhaseFigures(
                        subject.State.Generation, ArmFigure.None, new ArmFigure(1, number, double.NaN))],
                }
                : observed with { NoData = $"'{check.Metric}' answers nothing" };
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException or UriFormatException
            or InvalidOperationException or NotSupportedException or FormatException
            || (failure is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return CheckFacts.None with
            {
                Error = $"'{check.Metric}' cannot be read: "
                    + (failure is OperationCanceledException ? "no answer within 5 s" : failure.Message),
            };
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>The value of the first sample of an instant query; null for an empty answer.</summary>
    private async Task<double?> QueryAsync(string query, CancellationToken cancellation)
    {
        if (options.PrometheusAddress is not { } server)
            throw new InvalidOperationException("no Prometheus server is configured (--prometheus)");

        var address = new Uri(new Uri(server.TrimEnd('/') + "/"), $"api/v1/query?query={Uri.EscapeDataString(query)}");
        using var response = await _http.GetAsync(address, cancellation);
        response.EnsureSuccessStatusCode();
        return ExternalAnswers.OfQuery(await response.Content.ReadAsByteArrayAsync(cancellation));
    }

    /// <summary>The <c>value</c> that a service answers to the rollout, the candidate and the check.</summary>
    private async Task<double?> CallAsync(
        RolloutSubject subject, Check check, Core.Rollouts.Candidate candidate, CancellationToken cancellation)
    {
        var address = new Uri(check.Metric.Name, UriKind.Absolute);
        if (address.Scheme is not ("http" or "https"))
            throw new NotSupportedException($"'{address.Scheme}' is no scheme that is called");

        using var response = await _http.PostAsJsonAsync(address, new
        {
            rollout = subject.Id,
            endpoint = subject.Plan.Endpoint.ToString(),
            candidate = candidate.Name.ToString(),
            version = candidate.Version.ToString(),
            check = check.Name,
        }, cancellation);
        response.EnsureSuccessStatusCode();
        return ExternalAnswers.OfService(await response.Content.ReadAsByteArrayAsync(cancellation));
    }
}
