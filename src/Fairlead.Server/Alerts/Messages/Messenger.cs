using System.Net;
using System.Net.Http.Headers;
using Fairlead.Server.Alerts.Receivers;

namespace Fairlead.Server.Alerts.Messages;

/// <summary>What became of an attempt.</summary>
internal enum SendResult
{
    /// <summary>The receiver took the message.</summary>
    Delivered,

    /// <summary>It did not, and may do so later.</summary>
    TryLater,

    /// <summary>It did not, and would not take the same message later either.</summary>
    Refused,
}

/// <param name="Why">In a sentence, with nothing secret in it.</param>
/// <param name="RetryAfter">How long the receiver asked to wait; null when it asked nothing.</param>
internal readonly record struct SendEnd(SendResult Result, string Why, TimeSpan? RetryAfter = null);

/// <summary>
/// Makes one attempt to deliver a message. It has ten seconds and reads little of an answer; redirects are not
/// followed, for they would carry what is secret elsewhere.
/// </summary>
internal sealed class Messenger(ControlPlaneOptions options, TimeProvider time) : IDisposable
{
    /// <summary>The header with the id that a message keeps over its attempts.</summary>
    public const string DeliveryHeader = "X-Fairlead-Delivery";

    public const string TimestampHeader = "X-Fairlead-Timestamp";

    public const string SignatureHeader = "X-Fairlead-Signature";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private static readonly SendEnd TooSlow =
        new(SendResult.TryLater, $"There was no answer within {Deadline.TotalSeconds} s.");

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,

        // A name that moves is looked up again.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),

        // A proxy would be connected to in place of the target.
        UseProxy = !options.PublicTargetsOnly,
        ConnectCallback = options.PublicTargetsOnly ? PublicConnection.OpenAsync : null,
    })
    {
        Timeout = Deadline,
        MaxResponseContentBufferSize = 1 << 16,
    };

    public async Task<SendEnd> SendAsync(Receiver receiver, Notice notice, CancellationToken cancellation)
    {
        try
        {
            if (receiver.Settings.Email is { } email)
            {
                using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                deadline.CancelAfter(Deadline);
                return await EmailMessage.SendAsync(email, receiver.Secrets, notice, time, deadline.Token);
            }

            using var request = receiver.Settings.Slack is not null
                ? SlackMessage.Of(receiver.Secrets, notice)
                : WebhookMessage.Of(receiver.Secrets, notice, time.GetUtcNow());
            return await SendAsync(request, notice.Token, cancellation);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return TooSlow;
        }
    }

    /// <summary>Sends JSON to a web service, signed where it has a secret.</summary>
    /// <param name="secrets">Its address, and what it is signed with.</param>
    /// <param name="body">The JSON.</param>
    /// <param name="token">The id that the message keeps over its attempts.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    public async Task<SendEnd> PostAsync(
        ReceiverSecrets secrets, byte[] body, string token, CancellationToken cancellation)
    {
        using var request = WebhookMessage.Of(secrets, body, time.GetUtcNow());
        return await SendAsync(request, token, cancellation);
    }

    private async Task<SendEnd> SendAsync(HttpRequestMessage request, string token, CancellationToken cancellation)
    {
        try
        {
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("Fairlead", null));
            request.Headers.Add(DeliveryHeader, token);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            return EndOf(response);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return TooSlow;
        }
        catch (HttpRequestException failure) when (failure.InnerException is NotPublicException refused)
        {
            return new(SendResult.Refused, refused.Message);
        }
        catch (HttpRequestException failure)
        {
            // Its own message names the host at most; the inner one says what the network said.
            return new(SendResult.TryLater, $"It cannot be reached: {failure.HttpRequestError}.");
        }
    }

    public void Dispose() => _http.Dispose();

    private SendEnd EndOf(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        if (response.IsSuccessStatusCode)
            return new(SendResult.Delivered, $"It answered {status}.");
        var isLater = status >= 500
            || response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout;
        var after = response.Headers.RetryAfter is { } asked ? asked.Delta ?? asked.Date - time.GetUtcNow() : null;
        return new(
            isLater ? SendResult.TryLater : SendResult.Refused,
            $"It answered {status}{(status is >= 300 and < 400 ? "; redirects are not followed" : "")}.",
            after > TimeSpan.Zero ? after : null);
    }
}
