using Fairlead.Server.Access;
using Fairlead.Web.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Server.Browser;

/// <summary>What the console gets of its host: a way to the public API, and sessions that it can trust.</summary>
internal sealed class ConsoleDoor(
    HostPipeline pipeline, IServiceScopeFactory scopes, SessionText sessions, Keyring keyring, TimeProvider time)
    : IConsoleDoor
{
    public bool AsksForKeys => keyring.IsRequired;

    public HttpMessageHandler HandlerFor(ConsoleSession? session) =>
        new PipelineHandler(pipeline, scopes, session is null ? null : new SignedIn(session.KeyId));

    public string Write(ConsoleSession session) => sessions.Write(session);

    public ConsoleSession? Read(string text) => sessions.Read(text, time.GetUtcNow());

    public bool IsValid(ConsoleSession session) =>
        session.ExpiresAt > time.GetUtcNow() && keyring.Find(session.KeyId) is not null;
}
