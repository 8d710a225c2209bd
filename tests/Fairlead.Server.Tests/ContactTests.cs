using Fairlead.Server.Endpoints;
using Microsoft.Extensions.Time.Testing;

namespace Fairlead.Server.Tests;

/// <summary>How long the database may be silent.</summary>
public sealed class ContactTests
{
    [Fact]
    public void Contact_IsLostWhenTheGraceIsOver_AndBackWithTheNextWord()
    {
        var time = new FakeTimeProvider();
        var contact = new Contact(new ControlPlaneOptions { ContactGrace = TimeSpan.FromSeconds(60) }, time);

        time.Advance(TimeSpan.FromSeconds(59));
        contact.IsLost.ShouldBeFalse();
        contact.Heard();
        time.Advance(TimeSpan.FromSeconds(59));
        contact.IsLost.ShouldBeFalse();
        time.Advance(TimeSpan.FromSeconds(1));
        (contact.IsLost, contact.Silence).ShouldBe((true, TimeSpan.FromSeconds(60)));
        contact.Heard();
        contact.IsLost.ShouldBeFalse();
    }
}
